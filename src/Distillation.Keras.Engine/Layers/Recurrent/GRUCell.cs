using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A step of <see cref="GRU"/>: a state that gates replace in part (Cho et al., arXiv 1406.1078).</summary>
/// <remarks>
/// Input (batch, d) and state (batch, units), output and new state (batch, units). Weights, of the gates z and r and the new values h
/// beside each other: <c>kernel</c> (d, 3 · units), <c>recurrent_kernel</c> (units, 3 · units), <c>bias</c> (2, 3 · units), or (3 · units)
/// where the reset gate acts before the product. Source: <c>keras/src/layers/rnn/gru.py</c>.
/// </remarks>
public sealed class GRUCell : DropoutRNNCell
{
    /// <inheritdoc cref="GRUCell" path="/summary"/>
    /// <param name="units">The size of the output and of the state; positive.</param>
    /// <param name="activation">The function of the new values; <c>"tanh"</c> by default.</param>
    /// <param name="recurrent_activation">The function of the gates; <c>"sigmoid"</c> by default.</param>
    /// <param name="use_bias">Whether a bias is added.</param>
    /// <param name="kernel_initializer">Makes the kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="recurrent_initializer">Makes the recurrent kernel; <c>"orthogonal"</c> by default.</param>
    /// <param name="bias_initializer">Makes the bias; <c>"zeros"</c> by default.</param>
    /// <param name="kernel_regularizer">A penalty on the kernel.</param>
    /// <param name="recurrent_regularizer">A penalty on the recurrent kernel.</param>
    /// <param name="bias_regularizer">A penalty on the bias.</param>
    /// <param name="kernel_constraint">Applied to the kernel after each step of training.</param>
    /// <param name="recurrent_constraint">Applied to the recurrent kernel after each step of training.</param>
    /// <param name="bias_constraint">Applied to the bias after each step of training.</param>
    /// <param name="dropout">The share of the inputs' features that become 0 in training, from 0 to 1; the same at each step.</param>
    /// <param name="recurrent_dropout">The share of the states' values that do, from 0 to 1.</param>
    /// <param name="reset_after">
    /// Whether the reset gate acts on the product of the state with the recurrent kernel, which then has a bias of its own, or on the
    /// state.
    /// </param>
    /// <param name="seed">Makes the dropout draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public GRUCell(
        int units,
        ActivationFunction? activation = null,
        ActivationFunction? recurrent_activation = null,
        bool use_bias = true,
        Initializer? kernel_initializer = null,
        Initializer? recurrent_initializer = null,
        Initializer? bias_initializer = null,
        Regularizer? kernel_regularizer = null,
        Regularizer? recurrent_regularizer = null,
        Regularizer? bias_regularizer = null,
        Constraint? kernel_constraint = null,
        Constraint? recurrent_constraint = null,
        Constraint? bias_constraint = null,
        double dropout = 0.0,
        double recurrent_dropout = 0.0,
        bool reset_after = true,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            new CellArguments(
                units,
                activation,
                use_bias,
                kernel_initializer,
                recurrent_initializer,
                bias_initializer,
                kernel_regularizer,
                recurrent_regularizer,
                bias_regularizer,
                kernel_constraint,
                recurrent_constraint,
                bias_constraint,
                dropout,
                recurrent_dropout,
                seed,
                name,
                trainable,
                dtype
            ),
            3
        )
    {
        RecurrentActivation = recurrent_activation ?? "sigmoid";
        ResetAfter = reset_after;
    }

    /// <summary>The function of the gates.</summary>
    public ActivationFunction RecurrentActivation { get; }

    /// <summary>Whether the reset gate acts on the product with the recurrent kernel, or on the state.</summary>
    public bool ResetAfter { get; }

    private protected override Shape BiasShape => ResetAfter ? new Shape(2, 3 * Units) : new Shape(3 * Units);

    private protected override Tensor? InputBias => ResetAfter && Bias is not null ? Autocast(Bias).select(0, 0) : base.InputBias;

    private protected override bool IsNative => ComputesWide && ResetAfter && Activation.Is("tanh") && RecurrentActivation.Is("sigmoid");

    private Tensor? RecurrentBias => ResetAfter && Bias is not null ? Autocast(Bias).select(0, 1) : null;

    private protected override RecurrentOutputs Native(RecurrentInputs sequences)
    {
        Tensor none = Bias is null ? zeros(3L * Units, Dtype.ComputeType, sequences.Sequences.device) : Bias.Value;
        return RecurrentKernels.Gru(sequences, Kernel.Value, RecurrentKernel.Value, InputBias ?? none, RecurrentBias ?? none);
    }

    private protected override Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Stepper(Tensor? recurrentMask)
    {
        Func<Tensor, Tensor> activation = Function(Activation);
        Func<Tensor, Tensor> gate = Function(RecurrentActivation);
        Tensor kernel = Autocast(RecurrentKernel);
        Tensor[] kernels = kernel.split([2L * Units, Units], 1);
        Tensor byGate = ByGate(kernel);
        Tensor? bias = RecurrentBias;
        Tensor? biasByGate = bias?.view(Gates, 1, Units);
        return (product, states) =>
        {
            Tensor before = states[0];
            Tensor[] x = product.chunk(Gates, 1);
            Tensor[]? dropped = recurrentMask is null ? null : before.unsqueeze(0).mul(recurrentMask).unbind(0);
            Tensor[] inner = Inner(before, dropped);
            Tensor update = gate(x[0].Plus(inner[0]));
            Tensor reset = gate(x[1].Plus(inner[1]));
            Tensor values = activation(
                ResetAfter ? x[2].Plus(reset.mul(inner[2])) : addmm(x[2], reset.mul(dropped?[2] ?? before), kernels[1], 1, 1)
            );
            Tensor output = values.Plus(update.mul(before.sub(values)));
            return [output, output];
        };

        // The products with the state, those of the new values only where the reset gate comes after.
        Tensor[] Inner(Tensor before, Tensor[]? dropped)
        {
            if (dropped is not null)
            {
                Tensor[] each = ResetAfter ? dropped : dropped[..2];
                Tensor stacked = stack(each, 0);
                Tensor kernelsOfThem = byGate.narrow(0, 0, each.Length);
                return (biasByGate is null ? stacked.bmm(kernelsOfThem) : baddbmm(stacked, kernelsOfThem, biasByGate, 1, 1)).unbind(0);
            }

            return !ResetAfter ? before.matmul(kernels[0]).chunk(2, 1)
                : bias is null ? before.matmul(kernel).chunk(Gates, 1)
                : addmm(bias, before, kernel, 1, 1).chunk(Gates, 1);
        }
    }
}
