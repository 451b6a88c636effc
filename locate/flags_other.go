//go:build !unix

package locate

const openNofollow = 0 // these systems have no such flag; O_EXCL does not follow either
