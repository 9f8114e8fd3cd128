"""Browsers of people without an account: by what somebody finds again what they left here.

Knows ``core`` and ``storage``; what was left is in the features, which know it by participants and
by the proofs of knocks.
"""
