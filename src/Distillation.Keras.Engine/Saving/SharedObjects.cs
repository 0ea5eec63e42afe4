using System.Globalization;
using System.Text.Json.Nodes;

namespace Distillation.Keras.Saving;

/// <summary>
/// Objects that are in one <c>.keras</c> more than once: layers have the policy of their types in common, and may have a regularizer. Keras
/// writes them at each place, from the second place on with a number, <c>shared_object_id</c>.
/// </summary>
/// <remarks>Source: <c>ObjectSharingScope</c> in <c>keras/src/saving/serialization_lib.py</c>. One scope belongs to one thread.</remarks>
internal static class SharedObjects
{
    /// <summary>The key of the number.</summary>
    public const string Key = "shared_object_id";

    [ThreadStatic]
    private static WritingScope? _writing;

    [ThreadStatic]
    private static ReadingScope? _reading;

    /// <summary>Numbers, until it is disposed, what this thread writes more than once.</summary>
    public static IDisposable Writing() => _writing = new WritingScope(_writing);

    /// <summary>Makes, until it is disposed, one object of all configurations that this thread reads with one number.</summary>
    /// <param name="everywhere">The numbers that already the first place has.</param>
    public static IDisposable Reading(IReadOnlySet<long> everywhere) => _reading = new ReadingScope(everywhere, _reading);

    /// <summary>Notes that an object was written, and gives it its number where it was before.</summary>
    public static void Wrote(KerasObject value, JsonObject node)
    {
        if (_writing?.NumberOf(value) is long number)
        {
            node[Key] = number;
        }
    }

    /// <summary>The object that was made of a configuration with the same number.</summary>
    /// <exception cref="ArgumentException">It is of another kind, or what stands there is no number.</exception>
    public static object? Made(JsonObject node, Type expected) =>
        _reading is null || NumberIn(node) is not long number || !_reading.Made.TryGetValue(number, out object? made) ? null
        : expected.IsInstanceOfType(made) ? made
        : throw new ArgumentException(
            Invariant($"A {expected.Name} was asked for, but the object with the {Key} {number} is a {made.GetType().Name}.")
        );

    /// <summary>Notes what was made of a configuration.</summary>
    public static void Read(object made, JsonObject node)
    {
        if (_reading is not null && NumberIn(node) is long number)
        {
            _reading.Made[number] = made;
            if (made is KerasObject own)
            {
                own.Shared = new SharedNumber(number, _reading.Everywhere.Contains(number));
            }
        }
    }

    /// <summary>The number of a serialised object.</summary>
    /// <exception cref="ArgumentException">It is no integer.</exception>
    public static long? NumberIn(JsonObject node) =>
        node[Key] is not JsonNode found ? null
        : found is JsonValue value
        && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
        : throw new ArgumentException($"A {Key} is an integer, but found {KerasSerializer.Shorten(found)}.");

    private sealed class WritingScope(WritingScope? outer) : IDisposable
    {
        private readonly Dictionary<KerasObject, long?> _numbers = new(ReferenceEqualityComparer.Instance);
        private readonly HashSet<long> _taken = [];
        private long _next = 1;

        public void Dispose() => _writing = outer;

        public long? NumberOf(KerasObject value)
        {
            bool isThere = _numbers.TryGetValue(value, out long? number);
            if (number is null && (isThere || value.Shared?.IsEverywhere is true))
            {
                number = value.Shared is { Value: var own } && _taken.Add(own) ? own : Next();
            }

            _numbers[value] = number;
            return number;
        }

        // Numbers of objects that came from different files may be alike.
        private long Next()
        {
            while (!_taken.Add(_next))
            {
                _next++;
            }

            return _next;
        }
    }

    private sealed class ReadingScope(IReadOnlySet<long> everywhere, ReadingScope? outer) : IDisposable
    {
        public IReadOnlySet<long> Everywhere => everywhere;

        public Dictionary<long, object> Made { get; } = [];

        public void Dispose() => _reading = outer;
    }
}
