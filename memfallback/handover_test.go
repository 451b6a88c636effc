package memfallback

// ActAs makes another user that of the tree, which no tree does: what it knows of its directories is of the first.
func ActAs(f *Fs, uid, gid int, groups ...int) {
	s := f.tree.sb
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq.begin()
	defer s.changed(true)
	s.user = newUser(uid, gid, groups)
	s.restricted = 1 << 30
}
