/// A deadline in a ``DeadlineWheel``, armed and disarmed as often as needed. What has a deadline of its own on a hot path
/// derives from it and overrides ``expired()``, which saves an object and a closure each.
open class Deadline {
  fileprivate var next: Deadline?
  fileprivate unowned(unsafe) var previous: Deadline?  // cleared with the link that makes it: never dangles
  fileprivate var slot = -1
  fileprivate var tick = 0

  public init() {}
  public final var isArmed: Bool { slot >= 0 }

  /// Called once when the time is over, on the loop's thread.
  open func expired() {}
}

/// A deadline that calls a closure.
public final class DeadlineAction: Deadline {
  private let action: () -> Void

  public init(_ action: @escaping () -> Void) { self.action = action }
  public override func expired() { action() }
}

/// Coarse deadlines on one timer: arming and disarming are a few stores, where a timer each would cost a tenth of the
/// requests a second. A deadline fires up to 100 ms late and never early. Loop thread only.
public final class DeadlineWheel {
  private static let tickMilliseconds = 100
  private static let slots = 512

  private unowned let loop: EventLoop
  private var heads = [Deadline?](repeating: nil, count: slots)
  private var now = 0
  private var armed = 0
  private var timer: LoopTimer?

  init(loop: EventLoop) { self.loop = loop }

  /// Has `deadline` fire once after `duration`; an armed one is moved.
  public func arm(_ deadline: Deadline, after duration: Duration) {
    disarm(deadline)
    // The tick under way is partly gone, hence one more.
    deadline.tick = now + max(1, duration.wholeMilliseconds.dividedRoundingUp(by: Self.tickMilliseconds)) + 1
    insert(deadline)
    if timer == nil {
      timer = LoopTimer(loop: loop, after: .milliseconds(Self.tickMilliseconds), repeating: true) {
        [unowned self] in advance()
      }
    }
  }

  public func disarm(_ deadline: Deadline) {
    guard deadline.isArmed else { return }
    let next = deadline.next
    if let previous = deadline.previous { previous.next = next } else { heads[deadline.slot] = next }
    next?.previous = deadline.previous
    deadline.next = nil
    deadline.previous = nil
    deadline.slot = -1
    armed -= 1
  }

  private func insert(_ deadline: Deadline) {
    deadline.slot = deadline.tick % Self.slots
    let head = heads[deadline.slot]
    deadline.next = head
    head?.previous = deadline
    heads[deadline.slot] = deadline
    armed += 1
  }

  private func advance() {
    now += 1
    var later: [Deadline] = []
    while let deadline = heads[now % Self.slots] {
      disarm(deadline)
      if deadline.tick <= now { deadline.expired() } else { later.append(deadline) }
    }
    for deadline in later where !deadline.isArmed { insert(deadline) }
    if armed == 0 {
      timer?.cancel()
      timer = nil
    }
  }
}

extension Duration {
  /// Milliseconds, rounded up and saturated.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    let (scaled, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
    return overflow ? Int.max / 2 : scaled + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}

extension Int {
  fileprivate func dividedRoundingUp(by divisor: Int) -> Int { self / divisor + (self % divisor == 0 ? 0 : 1) }
}
