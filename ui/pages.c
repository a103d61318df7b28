/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/pages.h"
#include "ui/language.h"

const PlPageRow pl_pages[] = {
    {NULL},
};
