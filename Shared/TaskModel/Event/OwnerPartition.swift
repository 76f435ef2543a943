/// Where an owner's records go: FNV-1a (32 bits) of the owner's UTF-8, modulo the partitions of a topic (protocols.md §2).
public enum OwnerPartition {
  public static let count = 64

  public static func of(_ owner: String) -> Int {
    Int(owner.utf8.reduce(0x811C_9DC5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 } % UInt32(count))
  }
}
