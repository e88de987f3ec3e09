WALL_TESTS = tests/walls/walls.py tests/walls/walls-hold.py tests/walls/manual.py
TESTS += $(WALL_TESTS)
EXTRA_DIST += $(WALL_TESTS)
