/*
 * The themes that come with the program, as text: generated from themes/ so that it runs wherever
 * it is put.
 */
#pragma once

#include <glib.h>

typedef struct {
	const char *name, *text;
} ThemeBuiltin;

const ThemeBuiltin *theme_builtin_at(guint i); /* NULL past the end */
