import Testing

@Suite struct PortRangeTests {
  @Test func noTwoMeshesShareAPortAndAPortIsFreeAgainAfterwards() throws {
    var ranges = try (0..<20).map { _ in try PortRange(replicas: 2) }
    let offsets = ranges.flatMap { [$0.offset, $0.offset + 100] }
    #expect(Set(offsets).count == offsets.count)
    ranges = []
    ranges = try (0..<20).map { _ in try PortRange(replicas: 2) }
    #expect(ranges.count == 20)
  }
}
