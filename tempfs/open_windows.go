package tempfs

// removesOpenFiles tells whether an open file can lose its name. Go opens files without FILE_SHARE_DELETE.
const removesOpenFiles = false
