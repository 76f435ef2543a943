/// The stream ids that a client has passed over. They are closed for good (RFC 9113 §5.1.1), which nghttp2 does not check.
struct SkippedStreams {
  private static let remembered = 64
  private var highest: Int32 = -1
  private var gaps: [ClosedRange<Int32>] = []

  mutating func opened(_ id: Int32) {
    if id > highest + 2 {
      gaps.append(highest + 2...id - 2)
      if gaps.count > Self.remembered { gaps.removeFirst() }
    }
    highest = max(highest, id)
  }

  func contains(_ id: Int32) -> Bool { id < highest && gaps.contains { $0.contains(id) } }
}
