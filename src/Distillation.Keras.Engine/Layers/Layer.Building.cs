using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <content>How the weights are made.</content>
public abstract partial class Layer
{
    private Layer? _weightSource;

    // Who made it releases it.
    private Variable? _adopted;

    // Who made the weights, until another thread relies on them: only as long may the call that made them take them away, if it is refused.
    private volatile Maker? _maker;

    /// <summary>Makes a weight, on the layer's <see cref="Device"/>; to be called in <see cref="Build(Shape)"/>.</summary>
    /// <param name="name">Its short name: <c>kernel</c>.</param>
    /// <param name="shape">Its shape, fully known.</param>
    /// <param name="initializer">What makes its first values.</param>
    /// <param name="trainable">Whether gradients change it.</param>
    /// <param name="regularizer">A penalty on it, or <see langword="null"/>.</param>
    /// <param name="constraint">What is applied after each step, or <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The name is empty or contains "/".</exception>
    /// <exception cref="InvalidOperationException">The layer is built: a training would not know of it.</exception>
    /// <exception cref="InsufficientMemoryException">There is no memory for it.</exception>
    protected Variable AddWeight(
        string name,
        Shape shape,
        Initializer initializer,
        bool trainable = true,
        Regularizer? regularizer = null,
        Constraint? constraint = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(initializer);
        if (name.Contains('/', StringComparison.Ordinal))
        {
            throw new ArgumentException(
                $"A weight's name has no \"/\" (it separates the parts of a weight's path), but '{Name}' ({ClassName}) gave \"{name}\".",
                nameof(name)
            );
        }

        if (Built)
        {
            throw new InvalidOperationException(
                $"The weights of a layer are made in Build, but '{Name}' ({ClassName}) called AddWeight for '{name}' afterwards, when "
                    + "training may have begun without it. Override Build."
            );
        }

        Variable variable = SharedOr(
            name,
            shape,
            Dtype.VariableType,
            () => new Variable(Initial(initializer, name, shape), name, trainable, regularizer, constraint, Device)
        );
        (trainable ? _trainable : _nonTrainable).Add(variable);
        variable.RequireGradient(trainable && variable.Trainable && _isTrainable);
        return variable;
    }

    /// <summary>
    /// Makes a weight in float32 that is trained and of which files hold nothing; at any time, beside a weight that is there.
    /// </summary>
    /// <param name="name">Its short name.</param>
    /// <param name="shape">Its shape, fully known.</param>
    /// <param name="initializer">What makes its first values, which it has also while a model is read from a file.</param>
    /// <param name="beside">The weight, whose path but for the name is also its own.</param>
    /// <param name="regularizer">A penalty on it, or <see langword="null"/>.</param>
    private protected Variable AddWeightBeside(string name, Shape shape, Initializer initializer, Variable beside, Regularizer? regularizer)
    {
        Variable variable = SharedOr(
            name,
            shape,
            ScalarType.Float32,
            () => new Variable(FirstValues(initializer, name, shape, ScalarType.Float32), name, true, regularizer, device: Device)
        );
        variable.Path = beside.Path[..^beside.Name.Length] + name;
        _trainable.Add(variable);
        variable.RequireGradient(_isTrainable);
        return variable;
    }

    /// <summary>Makes a weight of a layer within also one of this layer's own, as Keras counts what a layer keeps.</summary>
    private protected Variable AdoptWeight(Variable variable)
    {
        _adopted = variable;
        (variable.Trainable ? _trainable : _nonTrainable).Add(variable);
        variable.RequireGradient(variable.Trainable && _isTrainable);
        return variable;
    }

    /// <summary>Makes a number that counts and that gradients do not change; to be called in <see cref="Build(Shape)"/>.</summary>
    /// <param name="name">Its short name.</param>
    /// <param name="type">A type of integers.</param>
    private protected Variable AddCount(string name, ScalarType type)
    {
        Variable variable = SharedOr(
            name,
            Shape.Scalar,
            type,
            () =>
                new Variable(
                    UninitializedWeights.Take($"{ClassName} '{Name}': its weight '{name}'", Shape.Scalar, type) ?? zeros([], type, CPU),
                    name,
                    trainable: false,
                    device: Device
                )
        );
        _nonTrainable.Add(variable);
        return variable;
    }

    private Variable SharedOr(string name, Shape shape, ScalarType type, Func<Variable> make)
    {
        if (_weightSource?.Weights.First(w => w.Name == name) is Variable shared)
        {
            return shared;
        }

        SystemMemory.Require($"{ClassName} '{Name}': its weight '{name}'", shape, type);
        Variable made = make();
        made.Path = WeightPaths.Of(this, name);
        return made;
    }

    private Tensor Initial(Initializer initializer, string name, Shape shape) =>
        UninitializedWeights.Take($"{ClassName} '{Name}': its weight '{name}'", shape, Dtype.VariableType)
        ?? FirstValues(initializer, name, shape, Dtype.VariableType);

    private Tensor FirstValues(Initializer initializer, string name, Shape shape, ScalarType type)
    {
        try
        {
            return initializer.Call(shape, type);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(
                e,
                $"The initializer {initializer.ClassName} of the weight '{name}' of the layer '{Name}' ({ClassName}), of shape {shape} "
                    + $"and type {type.ToString().ToLowerInvariant()},",
                "Give an initializer that can make such a weight.",
                areArguments: false
            );
        }
    }

    /// <summary>Lets this layer, not built yet, use the weights of another one of the same kind instead of making its own.</summary>
    internal virtual void ShareWeightsOf(Layer source)
    {
        if (Built)
        {
            throw new InvalidOperationException($"The layer '{Name}' has weights already.");
        }

        _weightSource = source;
        IReadOnlyList<Layer> theirs = source.Sublayers;
        IReadOnlyList<Layer> own = Sublayers;
        for (int i = 0; i < own.Count && own.Count == theirs.Count; i++)
        {
            own[i].ShareWeightsOf(theirs[i]);
        }
    }

    /// <summary>
    /// Makes the weights if they are not there. Of many threads that come first one makes them, and the others wait. Where that fails the
    /// layer stays as it was.
    /// </summary>
    /// <param name="inputShapes">The inputs' shapes.</param>
    /// <param name="place">Where its inputs are: the weights of a layer that nobody has placed are made there.</param>
    /// <returns>
    /// What takes them away again, if the call that needed them is refused, unless another thread relies on them by then;
    /// <see langword="null"/> where they were there.
    /// </returns>
    internal Action? EnsureBuilt(IReadOnlyList<Shape> inputShapes, Device? place = null)
    {
        if (IsBuiltToStay())
        {
            return null;
        }

        NativeLibraries.EnsureLoaded();
        lock (_gate)
        {
            if (IsBuiltToStay())
            {
                return null;
            }

            Action forget = Remember();
            using Attempt attempt = new Attempt().OnRefusal(forget);
            if (Place is null && place is { IsHost: false })
            {
                PlaceOn(place);
            }

            var maker = new Maker(Environment.CurrentManagedThreadId);
            _maker = maker;
            IReadOnlyList<int> seeds = RandomState.Recorded(() => Make(inputShapes));
            attempt.Accept();
            return () => TakeAway(maker, forget, seeds);
        }
    }

    /// <summary>
    /// Whether the weights are there, and stay: those that a call on another thread has just made are not taken away any more, even if that
    /// call is refused.
    /// </summary>
    private protected bool IsBuiltToStay()
    {
        if (!Built)
        {
            return false;
        }

        if (_maker is not { } maker || maker.Thread == Environment.CurrentManagedThreadId)
        {
            return true;
        }

        // Forgotten only where the weights are there: a layer that is built and has no maker stays so.
        lock (_gate)
        {
            _maker = Built ? null : _maker;
            return Built;
        }
    }

    private void TakeAway(Maker maker, Action forget, IReadOnlyList<int> seeds)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_maker, maker))
            {
                return;
            }

            forget();
        }

        RandomState.GiveBack(seeds);
    }

    private void Make(IReadOnlyList<Shape> inputShapes)
    {
        using IDisposable path = WeightPaths.Building(this);
        try
        {
            BuildAll(inputShapes);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(
                e,
                $"Build of the layer '{Name}' ({ClassName}) for inputs of shape {string.Join(", ", inputShapes)}",
                "Look at how it makes its weights.",
                areArguments: false
            );
        }

        BuildShapes = [.. inputShapes];
        Built = true;
        if (Sublayers.Any(l => !l.Built))
        {
            // Layers that nobody has built make their weights when they are first called.
            ShapeTrial.Build(this, inputShapes);
        }

        _sublayers = [.. Sublayers];
    }

    private sealed record Maker(int Thread);
}
