"""What people may ask of their data: to see it, and to take it along.

Knows what is kept by its holdings only, as ``lifecycle`` does; never imports a feature.
"""
