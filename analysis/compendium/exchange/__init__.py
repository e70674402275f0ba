"""Coded projects of other tools in and out: REFI-QDA (``.qdpx``, ``.qdc``), tables of quotations, case folders."""
