/// Which partition a record goes to, as the producer of Dapr's Kafka component chooses it (Sarama's hash partitioner).
enum Partitioner {
  /// FNV-1a of the key as a signed number, without its sign, modulo the partitions; by chance without a key.
  static func partition(of key: [UInt8]?, count: Int32) -> Int32 {
    guard let key else { return Int32.random(in: 0..<count) }
    var hash: UInt32 = 2_166_136_261
    for octet in key { hash = (hash ^ UInt32(octet)) &* 16_777_619 }
    return abs(Int32(bitPattern: hash) % count)
  }
}
