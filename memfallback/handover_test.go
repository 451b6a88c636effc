package memfallback

// ActAs makes uid the user whom permissions bind from now on. No option does: a tree has one user, so only in one that
// changed hands are there files of others.
func ActAs(f *Fs, uid, gid int, groups ...int) { f.tree.sb.user = newUser(uid, gid, groups) }
