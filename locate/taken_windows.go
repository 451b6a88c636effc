package locate

const deniesTakenNames = true
