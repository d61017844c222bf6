// Package rootfs makes distribution trees from archives and archives from trees.
//
// [Unpack] unpacks whatever a distribution or a container registry hands out into
// a directory: archives (package rootfs/archive), container images (rootfs/oci),
// and directories of .deb files. Package rootfs/tree writes them. While it works,
// the directory holds a marker; a run that finds one of an interrupted run empties
// the directory and starts again, and a run that fails leaves nothing behind. The marker
// is a lease (rootfs/lease): one run at a time, and not before the last one has ended.
//
// [Pack] is the way back, [Image] makes a disk image of a tree, and [Bootstrap]
// has the distribution's own tool make a Debian tree.
//
// The command line's part (messages, progress, user namespaces) is in
// cmd/armature.
package rootfs
