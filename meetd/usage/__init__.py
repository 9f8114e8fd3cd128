"""How rooms are used, where whoever runs the server switched that on: stays of people, for a time,
and sums of months that lead back to nobody. Never what is said, shown or written.
"""
