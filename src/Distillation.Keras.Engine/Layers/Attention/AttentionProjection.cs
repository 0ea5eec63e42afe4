using System.Text.Json.Nodes;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>
/// activation(x · kernel + bias) over the last axes of x: what Keras makes of an EinsumDense for queries, keys, values and outputs.
/// </summary>
/// <remarks>Input (..., bound sizes), output (..., sizes). Weights: <c>kernel</c> (bound sizes, sizes), <c>bias</c> (sizes).</remarks>
internal sealed class AttentionProjection : Layer
{
    private readonly int _bound;
    private readonly int[] _sizes;
    private readonly long _width;
    private readonly ActivationFunction _activation;
    private readonly bool _usesBias;
    private readonly Initializer _kernelInitializer;
    private readonly Initializer _biasInitializer;
    private readonly Regularizer? _kernelRegularizer;
    private readonly Regularizer? _biasRegularizer;
    private readonly Constraint? _kernelConstraint;
    private readonly Constraint? _biasConstraint;
    private Variable? _kernel;
    private Variable? _bias;

    /// <inheritdoc cref="AttentionProjection" path="/summary"/>
    /// <param name="name">Its name within the attention layer.</param>
    /// <param name="bound">How many of the last axes are multiplied away.</param>
    /// <param name="sizes">The new last axes.</param>
    /// <param name="activation">Applied to the result.</param>
    /// <param name="usesBias">Whether a bias is added.</param>
    /// <param name="kernelInitializer">The first values of the kernel.</param>
    /// <param name="biasInitializer">The first values of the bias.</param>
    /// <param name="kernelRegularizer">A penalty on the kernel.</param>
    /// <param name="biasRegularizer">A penalty on the bias.</param>
    /// <param name="activityRegularizer">A penalty on the output.</param>
    /// <param name="kernelConstraint">Applied to the kernel after each step.</param>
    /// <param name="biasConstraint">Applied to the bias after each step.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    internal AttentionProjection(
        string name,
        int bound,
        int[] sizes,
        ActivationFunction activation,
        bool usesBias,
        Initializer kernelInitializer,
        Initializer biasInitializer,
        Regularizer? kernelRegularizer,
        Regularizer? biasRegularizer,
        Regularizer? activityRegularizer,
        Constraint? kernelConstraint,
        Constraint? biasConstraint,
        bool trainable,
        DTypePolicy dtype
    )
        : base(name, trainable, dtype, activityRegularizer)
    {
        _bound = bound;
        _sizes = sizes;
        _width = sizes.Aggregate(1L, (p, s) => p * s);
        _activation = activation;
        _usesBias = usesBias;
        _kernelInitializer = kernelInitializer;
        _biasInitializer = biasInitializer;
        _kernelRegularizer = kernelRegularizer;
        _biasRegularizer = biasRegularizer;
        _kernelConstraint = kernelConstraint;
        _biasConstraint = biasConstraint;
    }

    /// <summary>The size of the first axis of the kernel; <see langword="null"/> before it is made.</summary>
    public int? InputWidth => _kernel?.Shape[0];

    internal override string ClassName => "EinsumDense";

    /// <inheritdoc/>
    public override Shape ComputeOutputShape(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        return new Shape([.. inputShape.Take(inputShape.Rank - _bound), .. _sizes]);
    }

    /// <summary>Refused: it is part of an attention layer, whose configuration makes it.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public override JsonObject GetConfig() =>
        throw new NotSupportedException($"'{Name}' is part of an attention layer. Take the configuration of that layer.");

    /// <inheritdoc/>
    protected override void Build(Shape inputShape)
    {
        ArgumentNullException.ThrowIfNull(inputShape);
        int[] bound =
        [
            .. Enumerable
                .Range(inputShape.Rank - _bound, _bound)
                .Select(a => inputShape.Known(a, $"The layer '{Name}' of an attention layer")),
        ];
        _kernel = AddWeight(
            "kernel",
            new Shape([.. bound, .. _sizes]),
            _kernelInitializer,
            regularizer: _kernelRegularizer,
            constraint: _kernelConstraint
        );
        _bias = _usesBias
            ? AddWeight("bias", new Shape(_sizes), _biasInitializer, regularizer: _biasRegularizer, constraint: _biasConstraint)
            : null;
    }

    /// <inheritdoc/>
    protected internal override Tensor Forward(Tensor input, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(input);
        using DisposeScope scope = NewDisposeScope();
        Tensor kernel = Autocast(_kernel!).reshape(-1, _width);
        Tensor rows = input.reshape(-1, kernel.size(0));
        Tensor product = _bias is null ? rows.mm(kernel) : addmm(Autocast(_bias).reshape(-1), rows, kernel, 1, 1);
        long[] sizes = input.shape;
        Tensor shaped = product.reshape([.. sizes[..^_bound], .. _sizes.Select(s => (long)s)]);
        return (_activation.IsLinear ? shaped : _activation.Apply(shaped)).MoveToOuterDisposeScope();
    }
}
