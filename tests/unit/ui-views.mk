# Tests of the views and what they are made of.
