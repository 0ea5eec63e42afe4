using Distillation.Keras.Callbacks;

namespace Distillation.Keras.Training;

/// <summary>
/// What a running training has to itself until it is disposed: its model, its weights and its optimizer; or the callbacks of a fit or
/// evaluation.
/// </summary>
/// <remarks>
/// Two trainings of one weight end in libtorch's error about operations in place, or in a mixture of both: the second one is refused
/// instead, by name. Weights are claimed one by one, as models may share layers. What a training uses without changing it may be shared,
/// but not with one that changes it: that would switch the recording of gradients under it. Thread-safe.
/// </remarks>
internal sealed class Claim : IDisposable
{
    private static readonly object Gate = new();
    private static readonly Dictionary<object, Claim> Held = new(ReferenceEqualityComparer.Instance);

    private static readonly Dictionary<object, List<Claim>> Shared = new(ReferenceEqualityComparer.Instance);

    private static readonly Dictionary<object, List<Claim>> InPlace = new(ReferenceEqualityComparer.Instance);

    private readonly string _holder;
    private readonly bool _mayNest;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<object> _taken = [];
    private readonly List<object> _shared = [];
    private readonly List<object> _inPlace = [];

    /// <summary>Claims nothing yet.</summary>
    /// <param name="holder">Who claims, for messages: <c>Fit of 'mnist'</c>.</param>
    /// <param name="mayNest">Whether the claims of the same thread are no hindrance: a single step within a callback.</param>
    public Claim(string holder, bool mayNest = false)
    {
        _holder = holder;
        _mayNest = mayNest;
    }

    /// <summary>Refuses a call that must not come while another thread trains the model. A callback may make it.</summary>
    /// <exception cref="InvalidOperationException">Another thread trains the model.</exception>
    public static void RefuseBesideTraining(Model model, string call)
    {
        lock (Gate)
        {
            if (Held.TryGetValue(model, out Claim? other) && other._thread != Environment.CurrentManagedThreadId)
            {
                throw new InvalidOperationException(
                    $"{call} of '{model.Name}' was called while {other._holder} runs on another thread. Wait until that has ended."
                );
            }
        }
    }

    /// <summary>Claims a model, without its weights.</summary>
    /// <exception cref="InvalidOperationException">It is being trained.</exception>
    public Claim Take(Model model)
    {
        Take(
            [model],
            static (_, what, other) =>
                $"The model '{((Model)what).Name}' is being trained already, by {other._holder}. Two trainings of one model at once "
                + "would destroy each other: wait until that one has ended, or train a copy (Clone)."
        );
        return this;
    }

    /// <summary>Claims weights and the optimizer that changes them.</summary>
    /// <exception cref="InvalidOperationException">One of them is in use.</exception>
    public Claim Take(IEnumerable<Variable> weights, Optimizers.Optimizer? optimizer)
    {
        Take([.. weights], OfSharedWeight);
        Take(
            optimizer is null ? [] : [optimizer],
            static (own, what, other) =>
                $"The optimizer '{((Optimizers.Optimizer)what).Name}' serves {other._holder} at this moment, so that {own._holder} "
                + "cannot begin. Compile each model with an optimizer of its own."
        );
        return this;
    }

    /// <summary>
    /// Keeps other threads from training weights that this training uses as they are. Those that it has claimed stay claimed.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another thread trains one of them.</exception>
    public Claim Share(IEnumerable<Variable> weights)
    {
        lock (Gate)
        {
            foreach (Variable weight in weights)
            {
                if (Held.TryGetValue(weight, out Claim? other))
                {
                    if (other._thread != _thread)
                    {
                        throw new InvalidOperationException(OfSharedWeight(this, weight, other));
                    }

                    continue;
                }

                Add(Shared, weight);
                _shared.Add(weight);
            }
        }

        return this;
    }

    /// <summary>
    /// Keeps weights where they are, without any other claim on them: who only computes with them may share them with whoever trains them,
    /// but not with who moves them.
    /// </summary>
    public Claim Hold(IEnumerable<Variable> weights)
    {
        lock (Gate)
        {
            foreach (Variable weight in weights)
            {
                Add(InPlace, weight);
                _inPlace.Add(weight);
            }
        }

        return this;
    }

    /// <summary>
    /// Claims a model that is to be moved, unless another claim is on it or on one of its weights, be it one of this thread: who uses
    /// weights knows where they are.
    /// </summary>
    /// <exception cref="InvalidOperationException">They are in use.</exception>
    public void TakeToMove(Model model, Device device)
    {
        lock (Gate)
        {
            foreach (object used in model.Weights.Prepend<object>(model))
            {
                Claim? user = Users(InPlace, used)
                    .Concat(Users(Shared, used))
                    .Append(Held.GetValueOrDefault(used))
                    .FirstOrDefault(c => c is not null && !ReferenceEquals(c, this));
                if (user is not null)
                {
                    throw new InvalidOperationException(
                        $"{(used is Variable weight ? $"The weight {weight.Path}" : $"The model '{model.Name}'")} is in use, by "
                            + $"{user._holder}, and cannot be moved to \"{device}\" meanwhile. Wait until that has ended; a fit is given "
                            + "its device when it begins."
                    );
                }
            }

            Take(model);
        }
    }

    /// <summary>Claims callbacks. One that is given twice is told everything twice, as in Keras.</summary>
    /// <exception cref="InvalidOperationException">One of them serves a running fit or evaluation.</exception>
    public Claim Take(IEnumerable<Callback> callbacks)
    {
        Take(
            [.. callbacks],
            static (own, what, other) =>
                $"The callback {what.GetType().Name} serves {other._holder} at this moment, so that {own._holder} cannot have it: a "
                + "callback keeps what it has seen of one fit. Make one for each."
        );
        return this;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
        {
            _taken.ForEach(o => Held.Remove(o));
            _taken.Clear();
            Remove(Shared, _shared);
            Remove(InPlace, _inPlace);
        }
    }

    private static List<Claim> Users(Dictionary<object, List<Claim>> table, object what) =>
        table.TryGetValue(what, out List<Claim>? claims) ? claims : [];

    private void Add(Dictionary<object, List<Claim>> table, object what)
    {
        if (!table.TryGetValue(what, out List<Claim>? claims))
        {
            table[what] = claims = [];
        }

        claims.Add(this);
    }

    private void Remove(Dictionary<object, List<Claim>> table, List<object> own)
    {
        foreach (object what in own)
        {
            List<Claim> claims = table[what];
            claims.Remove(this);
            if (claims.Count == 0)
            {
                table.Remove(what);
            }
        }

        own.Clear();
    }

    private static string OfSharedWeight(Claim own, object weight, Claim other) =>
        $"The weight {((Variable)weight).Path} is in use already, by {other._holder}, so that {own._holder} cannot begin: the models "
        + "share it, and one of them trains it. Wait until that one has ended, or train a copy (Clone).";

    private void Take(IReadOnlyList<object> objects, Func<Claim, object, Claim, string> refusal)
    {
        lock (Gate)
        {
            foreach (object claimed in objects)
            {
                if (Shared.TryGetValue(claimed, out List<Claim>? claims) && claims.Find(c => c._thread != _thread) is Claim user)
                {
                    throw new InvalidOperationException(refusal(this, claimed, user));
                }

                if (Held.TryAdd(claimed, this))
                {
                    _taken.Add(claimed);
                    continue;
                }

                Claim other = Held[claimed];
                if (_mayNest && other._thread == _thread)
                {
                    continue;
                }

                // A layer's weights come once for each of its uses.
                if (!ReferenceEquals(other, this))
                {
                    throw new InvalidOperationException(refusal(this, claimed, other));
                }
            }
        }
    }
}
