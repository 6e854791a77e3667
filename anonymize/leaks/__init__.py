"""The leak scan: searches bytes for a set of values in ten encodings, in fixed memory and in time linear in the bytes.

`needles` says what is searched for, `view` and its children `coded` and `escaped` say what a text may hold once it is
decoded, `fingerprints` finds the few places worth a closer look, `scan` judges them, `files` opens what is on disk.
"""
