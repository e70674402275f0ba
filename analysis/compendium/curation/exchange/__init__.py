"""Between a coded project and a case folder: import, export, new cases."""
