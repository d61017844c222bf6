// Package tree writes the entries of archives below one directory, and lists a
// directory as entries.
//
// A [Writer] trusts nothing that an archive says. Every path is resolved by the
// kernel with openat2(2) and RESOLVE_IN_ROOT, so that symbolic links, absolute
// ones too, mean what they will mean in a chroot, and nothing leads out of the
// directory, whatever links the archive made before and whoever exchanges them
// meanwhile. The last component of a name is never followed. A name with a ".."
// is refused, whether or not it would stay inside, and so is a second entry of
// the same name. Sizes and the number of entries are held to [Limits].
//
// Files get their owner, then mode, then extended attributes, then times, since
// each resets what comes before: set-id bits and capabilities survive. Zeros
// become holes. What directories look like is set at the end, when nothing is
// written into them any more.
package tree
