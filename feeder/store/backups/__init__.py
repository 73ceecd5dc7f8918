"""Backups: one archive that holds the state and what a person wrote, and says of each file what it has to be.

It is a tar, packed by gzip, that any tar unpacks. Nothing here speaks SQL: the database comes and goes as a file.
"""
