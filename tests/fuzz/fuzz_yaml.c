/* SPDX-License-Identifier: Apache-2.0 */
#include "fixtures/yaml.h"

/* Any bytes are a tree or an error with file and line; the tree can be walked and every scalar
 * asked for. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static gboolean
walk (const char *key, const PlYamlNode *node, gpointer data, GError **error)
{
	double number;
	gint64 whole;
	gboolean truth;

	g_assert (pl_yaml_line (node) >= 1);
	pl_yaml_string (node, NULL);
	pl_yaml_double (node, &number, NULL);
	pl_yaml_int (node, -100, 100, &whole, NULL);
	pl_yaml_bool (node, &truth, NULL);
	return pl_yaml_foreach (node, walk, data, error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	g_autoptr (GError) error = NULL;
	g_autoptr (PlYaml) yaml = pl_yaml_parse ((const char *)data, size, "fuzz", &error);

	g_assert ((yaml == NULL) == (error != NULL));
	if (yaml != NULL)
		g_assert (walk (NULL, pl_yaml_root (yaml), NULL, NULL));
	return 0;
}
