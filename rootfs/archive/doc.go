// Package archive reads and writes the archives that distribution trees come in,
// as sequences of entries: tar, cpio (newc) and .deb, plain or compressed.
//
// [Open] tells what a stream is from its content and gives a [Reader] of its
// entries. [NewTarWriter] and [NewCpioWriter] make archives, [Compress] packs
// them. What the entries mean for a file system is the business of package
// rootfs/tree; nothing here touches one.
//
// Archives are hostile until shown otherwise. A reader never believes a size
// before the bytes are there, holds names and links to the lengths that Linux
// permits, tells the proper end of an archive from a cut-off one, and reads the
// compressed stream to its end so that the checksum behind it counts. Names are
// handed on as they are; package tree decides where they may lead.
//
// Of the formats only the reading of tar (archive/tar), gzip, zstd, xz and bzip2
// comes from libraries. The newc reader is here because the one there is loses
// device numbers and the identity of hard links, and takes a cut-off archive for
// a complete one; sparse files in tar archives are here because archive/tar reads
// but does not write them.
package archive
