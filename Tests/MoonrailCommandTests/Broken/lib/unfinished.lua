return {
  most = 1
  least = 0
}
