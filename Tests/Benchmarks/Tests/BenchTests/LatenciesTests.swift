import Testing

@testable import Bench

@Suite struct LatenciesTests {
  @Test func aQuantileIsTheSmallestLatencyThatSoManyDoNotExceed() {
    var latencies = Latencies()
    for milliseconds in (1...200).shuffled() { latencies.add(.milliseconds(milliseconds)) }
    #expect(latencies.quantiles([0, 0.5, 0.99, 1]) == [1, 100, 198, 200])
  }

  @Test func withoutAnswersThereAreNone() {
    #expect(Latencies().quantiles([0.5, 0.99]) == [nil, nil])
  }

  @Test func latenciesOfAllUsersCountAlike() {
    var all = Latencies()
    for user in 1...3 {
      var own = Latencies()
      own.add(.microseconds(user * 500))
      all.add(own)
    }
    #expect(all.count == 3 && all.quantiles([0.5]) == [1])
  }
}
