/// Where an owner's events go: FNV-1a (32 bits) of the owner's UTF-8, modulo the partitions of a topic (protocols.md §2).
enum OwnerPartition {
  static let count = 64

  static func of(_ owner: String) -> Int {
    Int(owner.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 } % UInt32(count))
  }
}
