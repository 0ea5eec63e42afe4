using Distillation.Keras.Backend;
using Distillation.Keras.Files.Hdf5;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Files;

/// <summary>Which array of a file goes into which variable. It is made and checked as a whole before the first variable changes.</summary>
/// <remarks>One array at a time is in memory.</remarks>
internal sealed class LoadPlan
{
    private const long AtOnce = 1 << 20;

    private readonly List<(Variable Variable, StoredArray Array)> _steps = [];
    private Action? _undo;

    private readonly List<Action> _last = [];

    /// <summary>What was noticed and may be meant: values that are not finite, state that was left out.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Adds a variable and the array that it gets.</summary>
    /// <exception cref="ModelFormatException">They do not fit.</exception>
    public void Add(Variable variable, StoredArray array)
    {
        if (Misfit(variable, array) is string misfit)
        {
            throw new ModelFormatException(misfit);
        }

        _steps.Add((variable, array));
    }

    /// <summary>Adds what is to be done when all variables have their values.</summary>
    public void Then(Action last) => _last.Add(last);

    /// <summary>Adds what takes back what was made for the plan, if that was made for it; see <see cref="Undo"/>.</summary>
    public void OrElse(Action? undo) => _undo = undo is null ? _undo : _undo + undo;

    /// <summary>Takes back what was made for the plan, which was refused.</summary>
    public void Undo() => _undo?.Invoke();

    /// <summary>Why a variable cannot have the values of an array; <see langword="null"/> if it can.</summary>
    public static string? Misfit(Variable variable, StoredArray array)
    {
        if (array.Type is not ScalarType type || type is ScalarType.Bool != variable.DType is ScalarType.Bool)
        {
            return $"The weight {variable.Path} is {Text(variable.DType)}, but {array.Place} holds {array.TypeText}."
                + (array.Type is null ? " Weights are read from bool, and from integers and floating-point numbers of up to 64 bits." : "");
        }

        if (array.IsWidened && !variable.Value.is_floating_point() && SystemMemory.SizeOf(variable.DType) < SystemMemory.SizeOf(type))
        {
            return $"The weight {variable.Path} is {Text(variable.DType)}, which has not all numbers of {array.TypeText} that "
                + $"{array.Place} may hold. A weight of {Text(type)} has.";
        }

        return variable.Value.shape.AsSpan().SequenceEqual(array.Shape)
            ? null
            : $"The weight {variable.Path} has the shape {Hdf5Shape.Text(variable.Value.shape)}, but {array.Place} has the shape "
                + $"{Hdf5Shape.Text(array.Shape)}.";
    }

    /// <summary>Gives all variables their values.</summary>
    public void Apply()
    {
        // What is packed, or has no tensor type of its own, may turn out to be damaged when it is read, which must not leave a model half
        // loaded. So each array is read through before the first variable changes, without being kept, and again afterwards.
        foreach ((Variable _, StoredArray array) in _steps)
        {
            array.Check();
        }

        var strange = new List<string>();
        foreach ((Variable variable, StoredArray array) in _steps)
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable noGrad = no_grad();
            Tensor values = array.Read();
            if (!IsFinite(values))
            {
                strange.Add(variable.Path);
            }

            variable.Load(values);
        }

        _last.ForEach(a => a());
        if (strange.Count > 0)
        {
            Warnings.Add(
                Invariant(
                    $"{strange.Count} of {_steps.Count} arrays hold values that are not finite (NaN or infinite): "
                        + $"{string.Join(", ", strange.Take(5))}{(strange.Count > 5 ? ", ..." : string.Empty)}. What is computed from them "
                        + $"is not either."
                )
            );
        }
    }

    // In parts, as what it takes to know is larger than the values.
    private static bool IsFinite(Tensor values)
    {
        if (!values.is_floating_point())
        {
            return true;
        }

        using DisposeScope whole = NewDisposeScope();
        Tensor flat = values.contiguous().view(-1);
        for (long start = 0; start < flat.numel(); start += AtOnce)
        {
            using DisposeScope scope = NewDisposeScope();
            if (!flat.narrow(0, start, Math.Min(AtOnce, flat.numel() - start)).isfinite().all().item<bool>())
            {
                return false;
            }
        }

        return true;
    }

    private static string Text(ScalarType type) => type.ToString().ToLowerInvariant();
}
