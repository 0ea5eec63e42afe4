using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras;

/// <summary>A weight of a layer or a slot of an optimizer: a tensor with a name that lives as long as its owner.</summary>
/// <remarks>
/// Not thread-safe. The tensor belongs to the layer or optimizer that made the variable; it is released with it
/// (<c>Model.Release()</c>) or by the garbage collector. Source: <c>keras/src/backend/common/variables.py</c>.
/// </remarks>
public sealed class Variable
{
    private Tensor _value;

    /// <summary>
    /// A variable of its own: of an optimizer, a metric or an objective that one writes. A layer's are made by <c>AddWeight</c>.
    /// </summary>
    /// <param name="value">Its first value. The variable takes the tensor over: do not dispose it.</param>
    /// <param name="name">Its short name.</param>
    /// <param name="trainable">Whether training changes it by gradients.</param>
    /// <param name="regularizer">The penalty that it adds to the loss, if any.</param>
    /// <param name="constraint">What is applied to it after each step, if anything.</param>
    /// <param name="device">Where it is to be; by default where the tensor is.</param>
    /// <exception cref="ObjectDisposedException">The tensor was disposed.</exception>
    /// <exception cref="ArgumentException">The tensor is complex, quantized or sparse, or the name empty.</exception>
    /// <exception cref="NotSupportedException">The machine does not have the device.</exception>
    public Variable(
        Tensor value,
        string name,
        bool trainable = true,
        Regularizer? regularizer = null,
        Constraint? constraint = null,
        Device? device = null
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        TensorGuard.Real(value);
        device?.RequireAvailable();

        // The variable outlives every dispose scope that happens to be open while it is made.
        Device = device ?? Device.Of(value);
        _value = Changeable(Independent(On(Device, value))).DetachFromDisposeScope();
        Name = name;
        Path = name;
        Trainable = trainable;
        Regularizer = regularizer;
        Constraint = constraint;
        Shape = Shape.FromSizes(_value.shape);
        RequireGradient(trainable);
        NewVariables.Note(this);
    }

    /// <summary>Its short name: <c>kernel</c>, <c>bias</c>, <c>moving_mean</c>.</summary>
    public string Name { get; }

    /// <summary>Its name with its owners': <c>sequential/dense/kernel</c>.</summary>
    public string Path { get; internal set; }

    /// <summary>Its shape.</summary>
    public Shape Shape { get; }

    /// <summary>
    /// Whether training may change it by gradients, if its layer is trainable. Statistics, such as a moving mean, are not.
    /// </summary>
    public bool Trainable { get; private set; }

    /// <summary>The penalty that it adds to the loss, if any.</summary>
    public Regularizer? Regularizer { get; }

    /// <summary>What is applied to it after each step, if anything.</summary>
    public Constraint? Constraint { get; internal set; }

    /// <summary>The device that its tensor is on. <c>Model.To</c> moves it.</summary>
    public Device Device { get; private set; }

    /// <summary>
    /// Its tensor. It belongs to the variable: do not dispose it, and do not keep it, as another one takes its place on another device.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It was released.</exception>
    public Tensor Value => _value.IsInvalid ? throw new ObjectDisposedException(Path, $"The weight {Path} was released.") : _value;

    /// <summary>Called after each <see cref="Assign"/>, for an owner that keeps the value in another form too.</summary>
    internal Action? Assigned { get; set; }

    /// <summary>Its element type.</summary>
    public ScalarType DType => Value.dtype;

    /// <summary>Copies new values into it, from whatever device they are on.</summary>
    /// <exception cref="ArgumentException">The shape differs, or a number is beyond the range of the weight's type.</exception>
    /// <exception cref="ObjectDisposedException">The tensor was disposed, or the weight released.</exception>
    public void Assign(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        TensorGuard.Real(value);
        if (!value.shape.AsSpan().SequenceEqual(Value.shape))
        {
            throw new ArgumentException(
                $"The weight {Path} has the shape {Shape}, but the new value's shape is {Shape.FromSizes(value.shape)}.",
                nameof(value)
            );
        }

        using (no_grad())
        using (NewDisposeScope())
        {
            _value.copy_(Checked(value));
        }

        Assigned?.Invoke();
    }

    /// <summary>Copies values of a file into it, of whatever type; what its own type cannot hold becomes infinite, as in Keras.</summary>
    internal void Load(Tensor values)
    {
        using (no_grad())
        {
            _value.copy_(values);
        }

        Assigned?.Invoke();
    }

    /// <summary>The values, unless the weight's type cannot hold them.</summary>
    /// <exception cref="ArgumentException">A finite number would become infinite.</exception>
    internal Tensor Checked(Tensor value) => ValueChecks.Beyond(value, DType, Path) ? value.to(DType) : value;

    /// <summary>Whether operations on it are recorded now.</summary>
    internal bool RequiresGradient => Value.requires_grad;

    /// <summary>Keeps it as it is from now on, whatever its layer's flag says.</summary>
    internal void Freeze()
    {
        Trainable = false;
        RequireGradient(false);
    }

    internal void RequireGradient(bool required)
    {
        if (_value.is_floating_point())
        {
            _value.requires_grad = required;
        }
    }

    /// <summary>What its regularizer adds to the loss.</summary>
    internal Tensor Penalty()
    {
        try
        {
            return Regularizer!.Call(Value);
        }
        catch (Exception e) when (NativeFailure.Is(e))
        {
            throw NativeFailure.Of(
                e,
                $"The regularizer {Regularizer!.ClassName} of the weight {Path}",
                "Give one that can take such a weight.",
                areArguments: false,
                ("the weight", _value)
            );
        }
    }

    /// <summary>A copy of its tensor on a device, in no dispose scope.</summary>
    internal Tensor CopyOn(Device device)
    {
        using IDisposable noGrad = no_grad();
        return Changeable(Value.to(device, copy: true)).DetachFromDisposeScope();
    }

    /// <summary>Takes a tensor of the same values in place of its own.</summary>
    /// <returns>Its own, which is the caller's from now on.</returns>
    internal Tensor Replace(Tensor value)
    {
        (Tensor before, bool required) = (Value, RequiresGradient);
        _value = value;
        Device = Device.Of(value);
        RequireGradient(required);
        return before;
    }

    /// <summary>Whether it was released.</summary>
    public bool IsReleased => _value.IsInvalid;

    // First values are made on the host, so that they are the same on each device.
    private static Tensor On(Device device, Tensor value)
    {
        if (device == Device.Of(value))
        {
            return value;
        }

        using IDisposable noGrad = no_grad();
        Tensor moved = value.to(device);
        value.Dispose();
        return moved;
    }

    // Nothing is trained behind a variable, and where one number stands for several elements they could not be changed one by one.
    private static Tensor Independent(Tensor value)
    {
        bool repeats = value.shape.Zip(value.stride()).Any(a => a.First > 1 && a.Second == 0);
        if (value.is_leaf && !repeats)
        {
            return value;
        }

        using IDisposable noGrad = no_grad();
        Tensor independent = repeats ? value.clone() : value.detach();
        value.Dispose();
        return independent;
    }

    // What is made in inference mode could never be changed or trained outside of it.
    private static Tensor Changeable(Tensor value)
    {
        if (!is_inference_mode_enabled())
        {
            return value;
        }

        using IDisposable normal = inference_mode(false);
        Tensor copy = value.clone();
        value.Dispose();
        return copy;
    }

    /// <summary>Frees its tensor. It cannot be used afterwards.</summary>
    public void Release() => _value.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{Path} {Shape}";
}
