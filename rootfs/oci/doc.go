// Package oci finds the layers of a container image: in an OCI image layout, as a
// directory or as a tar archive, or in an archive of "docker save".
//
// [OpenDir] and [OpenTar] give a [Store] of named blobs; [Find] reads the index,
// chooses the image for a platform, and gives its [Layer]s from the lowest to the
// topmost. Every blob is checked against the size and digest that names it, the
// layers also, unpacked, against the digests of the image's configuration. A
// reader reports a mismatch at its end, so what was unpacked before then does not
// count until the end is reached.
package oci
