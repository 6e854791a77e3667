"""Time: which exchange takes which of the recorded instants, and where the times inside messages move with it.

`course` is the capture as columns, `retiming` deals its instants anew, `times` moves the times that messages hold.
"""
