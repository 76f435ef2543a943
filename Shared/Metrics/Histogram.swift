import Synchronization

/// How often values fell at or below each of some bounds, with their count and sum. Times are in seconds.
public final class Histogram: Metric {
  public static let type = "histogram"

  /// For answers to people: 0.5 ms to 10 s.
  public static let latencyBounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  private let bounds: [Double]
  private let buckets: [Bucket]
  private let sum = AtomicDouble()

  private final class Bucket: Sendable {
    let count = Atomic<UInt64>(0)
  }

  /// - Parameter bounds: upper bounds, inclusive, in rising order; one without bound is added.
  public init(bounds: [Double] = Histogram.latencyBounds) {
    precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "the bounds of a histogram rise")
    self.bounds = bounds
    buckets = (0...bounds.count).map { _ in Bucket() }
  }

  public func observe(_ value: Double) {
    var index = 0
    while index < bounds.count, value > bounds[index] { index += 1 }
    buckets[index].count.wrappingAdd(1, ordering: .relaxed)
    sum.add(value)
  }

  /// Observes a time taken, in seconds.
  public func observe(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    observe(Double(seconds) + Double(attoseconds) * 1e-18)
  }

  public func append(name: String, labels: String, to text: inout ExpositionText) {
    var count: UInt64 = 0
    for (index, bucket) in buckets.enumerated() {
      count += bucket.count.load(ordering: .relaxed)
      let bound = index < bounds.count ? ExpositionText.number(bounds[index]) : "+Inf"
      text.sample(name + "_bucket", labels + (labels.isEmpty ? "" : ",") + "le=\"\(bound)\"", String(count))
    }
    text.sample(name + "_sum", labels, ExpositionText.number(sum.load()))
    text.sample(name + "_count", labels, String(count))
  }
}
