package rootfs

// DebianKeyring holds the keys that Debian's archives are signed with.
const DebianKeyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
