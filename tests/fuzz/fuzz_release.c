/* SPDX-License-Identifier: Apache-2.0 */
#include "firmware/release.h"
#include <sodium.h>
#include <string.h>

/* Any bytes as a bundle: never taken as they are; signed, they are a bundle that can be asked for
 * everything, or refused. */
int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
	static const guint8 seed[crypto_sign_SEEDBYTES] = {7};
	guint8 pk[crypto_sign_PUBLICKEYBYTES], sk[crypto_sign_SECRETKEYBYTES];
	g_autofree guint8 *text = g_malloc (size + crypto_sign_BYTES);
	g_autoptr (GError) error = NULL;
	g_autoptr (PlRelease) unsigned_ = NULL, signed_ = NULL;

	g_assert (sodium_init () >= 0);
	crypto_sign_seed_keypair (pk, sk, seed);
	unsigned_ = pl_release_parse (data, size, pk, NULL);
	g_assert (unsigned_ == NULL);
	memcpy (text, data, size);
	crypto_sign_detached (text + size, NULL, text, size, sk);
	signed_ = pl_release_parse (text, size + crypto_sign_BYTES, pk, &error);
	g_assert ((signed_ == NULL) == (error != NULL));
	if (signed_ == NULL)
		return 0;
	g_assert (pl_image_size (pl_release_image (signed_)) < size);
	g_assert (pl_release_manifest (signed_)->product[0] != '\0');
	g_assert (pl_release_manifest (signed_)->hardware_min <=
		  pl_release_manifest (signed_)->hardware_max);
	pl_release_admit (signed_, "PL-BMS-32S", 3, 7, NULL);
	return 0;
}
