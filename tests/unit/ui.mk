include tests/unit/ui-views.mk
