import Daemon
import DaprClient
import JSONLog
import Synchronization
import Tokens

/// Stores changes and publishes their events as one fact: each write is in the store with its event acknowledged, or not
/// there, or its caller knows of the doubt, and no end of a process loses an event of a stored write (protocols.md §1, §6).
final class JournalWriter: Sendable {
  private let store: any JournalStore
  let publication: Publication
  private let leases: JournalLeases
  private let takeover: JournalTakeover
  private let settings: JournalSettings
  private let time: MonotonicTime
  private let executor: (any TaskExecutor)?
  private let logger: Logger
  private let batcher: Batcher<PendingWrite, Void>
  private let holding: Holding

  /// - Parameter executor: the event loop that shared calls run on.
  init(
    store: any JournalStore, topic: any EventTopic, settings: JournalSettings = JournalSettings(),
    time: MonotonicTime = .system, executor: (any TaskExecutor)?, logger: Logger,
    presentState: @escaping JournalTakeover.PresentState
  ) {
    let publication = Publication(topic: topic, settings: settings, time: time, executor: executor)
    let holding = Holding()
    self.store = store
    self.publication = publication
    self.settings = settings
    self.time = time
    self.executor = executor
    self.logger = logger
    self.holding = holding
    leases = JournalLeases(store: store, time: time)
    takeover = JournalTakeover(
      store: store, publication: publication, settings: settings, time: time, presentState: presentState)
    let limits = BatchLimits()
    batcher = Batcher(limits: limits, executor: executor) { (batch: Batch<PendingWrite, Void>) in
      await Self.send(batch, places: limits.callsInFlight, holding.journal, store, publication, settings, time)
    }
  }

  /// Whether a write that came now would be tried.
  var isWritable: Bool {
    guard !publication.isFailing, let journal = holding.journal else { return false }
    return journal.canTakeSlot(now: time.now(), lapse: settings.lease.lapse)
  }

  /// Returns when the write is stored and its events are acknowledged.
  func write(_ write: JournalWrite) async throws(WriteFailure) {
    guard isWritable else { throw .unavailable("writes cannot be published at the moment") }
    do {
      try await batcher.submit(
        PendingWrite(write: write, submittedAt: time.now()), owner: write.owner, octets: write.octets,
        isBulk: write.isBulk, keys: write.operations.map(\.key))
    } catch let failure as WriteFailure {
      throw failure
    } catch BatchError.full {
      throw .unavailable("too many writes wait already")
    } catch {
      throw .inDoubt
    }
  }

  private static func send(
    _ batch: Batch<PendingWrite, Void>, places: Int, _ journal: Journal?, _ store: any JournalStore,
    _ publication: Publication, _ settings: JournalSettings, _ time: MonotonicTime
  ) async {
    let now = time.now()
    var members = Array(batch.elements.indices)
    let late = members.filter { now - batch.elements[$0].submittedAt > settings.longestWait }
    if !late.isEmpty {
      await batch.finish(late, .failure(WriteFailure.unavailable("the write waited too long")))
      members.removeAll(where: late.contains)
      if members.isEmpty { return }
    }
    guard !publication.isFailing, let journal, let slot = journal.takeSlot(now: now, lapse: settings.lease.lapse) else {
      return await batch.finish(
        members, .failure(WriteFailure.unavailable("writes cannot be published at the moment")))
    }
    let call = SharedTransaction(
      store: store, publication: publication,
      settlement: Settlement(store: store, settings: settings, time: time, journal: journal), journal: journal,
      batch: batch, places: places)
    if let slot = await call.run(members, in: slot) { journal.release(slot) }
  }

  /// Runs once the store has shown that it may be used; claims nothing before.
  func run(after probe: StoreProbe) async {
    if await probe.passes() { await run() }
  }

  /// Takes a journal, renews it, takes a fresh one when it is lost, and takes over the journals of the dead. Until cancelled.
  func run() async {
    while !Task.isCancelled {
      guard let journal = await claimAny() else { return }
      logger.info("journal claimed", ["journal": .int(journal.number)])
      holding.set(journal)
      await withTaskGroup { group in
        group.addTask {
          guard let slots = await self.takeover.takeSlots(of: journal) else { return }
          journal.open(slots)
          await self.patrol(besides: journal)
        }
        while !journal.isLost {
          do { try await time.sleep(settings.lease.renewal) } catch { break }
          await leases.renew(journal)
        }
        group.cancelAll()
      }
      guard journal.isLost else { return }
      logger.warning("journal lost to another process", ["journal": .int(journal.number)])
    }
  }

  /// Waits for what is under way, then gives the journal back. Call when ``run()`` has ended; end the wait by cancelling.
  func stop() async {
    let drained = Task(executorPreference: executor) { [batcher] in await batcher.drain() }
    await withTaskCancellationHandler {
      await drained.value
    } onCancel: {
      Task(executorPreference: executor) {
        await self.batcher.shutDown()
        await self.publication.shutDown()
      }
    }
    guard let journal = holding.journal, !journal.isLost, !Task.isCancelled,
      journal.freeSlotCount == settings.slots
    else { return }
    holding.set(nil)
    await leases.giveBack(journal)
  }

  /// The first free journal, or the first that was never used, or the first of a dead owner.
  private func claimAny() async -> Journal? {
    var watch = LeaseWatch()
    while !Task.isCancelled {
      if let entries = try? await readLeases() {
        let stale = watch.stale(held(entries), now: time.now(), period: settings.lease.takeover)
        let free = entries.filter { LeaseRecord($0.value.value)?.isFree == true }.keys.sorted()
        let unused = (0..<settings.journals).filter { entries[$0] == nil }
        for number in free + unused.prefix(4) + stale {
          let lease = UUID.random().description
          if let journal = await leases.claim(number, seen: entries[number], lease: lease) { return journal }
        }
      }
      do { try await time.sleep(.milliseconds(200)) } catch { return nil }
    }
    return nil
  }

  /// Looks for journals whose owner has died, publishes what they name and gives them back. They are not renewed
  /// meanwhile: should another process take one too, both publish, which harms nothing.
  private func patrol(besides own: Journal) async {
    var watch = LeaseWatch()
    while !Task.isCancelled {
      if let entries = try? await readLeases() {
        var others = held(entries)
        others[own.number] = nil
        for number in watch.stale(others, now: time.now(), period: settings.lease.takeover) {
          let lease = UUID.random().description
          guard let journal = await leases.claim(number, seen: entries[number], lease: lease) else { continue }
          StopPoint.reach(.journalClaimed)
          logger.info("taking over the journal of a process that ended", ["journal": .int(number)])
          guard await takeover.takeSlots(of: journal) != nil else { return }
          StopPoint.reach(.allRepublished)
          await leases.giveBack(journal)
        }
      }
      do { try await time.sleep(settings.lease.renewal) } catch { return }
    }
  }

  private func readLeases() async throws(DaprError) -> [Int: StateEntry] {
    let keys = (0..<settings.journals).map(JournalKey.lease)
    let entries = try await store.get(all: keys)
    return Dictionary(
      uniqueKeysWithValues: keys.indices.compactMap { index in entries[keys[index]].map { (index, $0) } })
  }

  private func held(_ entries: [Int: StateEntry]) -> [Int: ETag] {
    entries.filter { LeaseRecord($0.value.value)?.isFree != true }.mapValues(\.etag)
  }
}

/// The journal that the process holds now.
private final class Holding: Sendable {
  private let current = Mutex<Journal?>(nil)
  var journal: Journal? { current.withLock { $0 } }
  func set(_ journal: Journal?) { current.withLock { $0 = journal } }
}
