using System.Text.Json.Nodes;
using Distillation.Keras.Backend;
using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A step of <see cref="LSTM"/>: a memory that gates write, forget and read (Hochreiter and Schmidhuber 1997).</summary>
/// <remarks>
/// Input (batch, d) and the states h and c (batch, units), output h, new states h and c. Weights, of the gates i, f, c and o beside each
/// other: <c>kernel</c> (d, 4 · units), <c>recurrent_kernel</c> (units, 4 · units), <c>bias</c> (4 · units). Source:
/// <c>keras/src/layers/rnn/lstm.py</c>.
/// </remarks>
public sealed class LSTMCell : DropoutRNNCell
{
    /// <inheritdoc cref="LSTMCell" path="/summary"/>
    /// <param name="units">The size of the output and of each of the two states; positive.</param>
    /// <param name="activation">The function of the new values; <c>"tanh"</c> by default.</param>
    /// <param name="recurrent_activation">The function of the gates; <c>"sigmoid"</c> by default.</param>
    /// <param name="use_bias">Whether a bias is added.</param>
    /// <param name="kernel_initializer">Makes the kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="recurrent_initializer">Makes the recurrent kernel; <c>"orthogonal"</c> by default.</param>
    /// <param name="bias_initializer">Makes the bias; <c>"zeros"</c> by default.</param>
    /// <param name="unit_forget_bias">Whether the bias of the forget gate begins with 1.</param>
    /// <param name="kernel_regularizer">A penalty on the kernel.</param>
    /// <param name="recurrent_regularizer">A penalty on the recurrent kernel.</param>
    /// <param name="bias_regularizer">A penalty on the bias.</param>
    /// <param name="kernel_constraint">Applied to the kernel after each step of training.</param>
    /// <param name="recurrent_constraint">Applied to the recurrent kernel after each step of training.</param>
    /// <param name="bias_constraint">Applied to the bias after each step of training.</param>
    /// <param name="dropout">The share of the inputs' features that become 0 in training, from 0 to 1; the same at each step.</param>
    /// <param name="recurrent_dropout">The share of the states' values that do, from 0 to 1.</param>
    /// <param name="seed">Makes the dropout draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public LSTMCell(
        int units,
        ActivationFunction? activation = null,
        ActivationFunction? recurrent_activation = null,
        bool use_bias = true,
        Initializer? kernel_initializer = null,
        Initializer? recurrent_initializer = null,
        Initializer? bias_initializer = null,
        bool unit_forget_bias = true,
        Regularizer? kernel_regularizer = null,
        Regularizer? recurrent_regularizer = null,
        Regularizer? bias_regularizer = null,
        Constraint? kernel_constraint = null,
        Constraint? recurrent_constraint = null,
        Constraint? bias_constraint = null,
        double dropout = 0.0,
        double recurrent_dropout = 0.0,
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
            4
        )
    {
        RecurrentActivation = recurrent_activation ?? "sigmoid";
        UnitForgetBias = unit_forget_bias;
    }

    /// <summary>The function of the gates.</summary>
    public ActivationFunction RecurrentActivation { get; }

    /// <summary>Whether the bias of the forget gate begins with 1.</summary>
    public bool UnitForgetBias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<int> StateSize => [Units, Units];

    private protected override Initializer FirstBias => UnitForgetBias ? new ForgetBias(BiasInitializer, Units) : BiasInitializer;

    private protected override bool IsNative => ComputesWide && Activation.Is("tanh") && RecurrentActivation.Is("sigmoid");

    /// <inheritdoc/>
    public override JsonObject GetConfig() => ConfigKeys.Moved(base.GetConfig(), "unit_forget_bias", behind: "use_bias");

    private protected override RecurrentOutputs Native(RecurrentInputs sequences) =>
        RecurrentKernels.Lstm(
            sequences,
            Kernel.Value,
            RecurrentKernel.Value,
            Bias?.Value ?? zeros(4L * Units, Dtype.ComputeType, sequences.Sequences.device)
        );

    private protected override Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Stepper(Tensor? recurrentMask)
    {
        Func<Tensor, Tensor> activation = Function(Activation);
        Func<Tensor, Tensor> gate = Function(RecurrentActivation);
        Tensor kernel = Autocast(RecurrentKernel);
        Tensor byGate = recurrentMask is null ? kernel : ByGate(kernel);
        return (product, states) =>
        {
            Tensor[] z = recurrentMask is null
                ? addmm(product, states[0], kernel, 1, 1).chunk(Gates, 1)
                : baddbmm(states[0].unsqueeze(0).mul(recurrentMask), byGate, ByGate(product), 1, 1).unbind(0);
            Tensor carry = gate(z[1]).mul(states[1]).Plus(gate(z[0]).mul(activation(z[2])));
            Tensor output = gate(z[3]).mul(activation(carry));
            return [output, output, carry];
        };
    }

    // What the bias begins with, but 1 for the forget gate.
    private sealed class ForgetBias : Initializer
    {
        private readonly Initializer _others;
        private readonly int _units;

        // Not public: no configuration has it.
        internal ForgetBias(Initializer others, int units) => (_others, _units) = (others, units);

        internal override string ClassName => _others.ClassName;

        public override Tensor Call(Shape shape, ScalarType dtype = ScalarType.Float32)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor[] parts = [_others.Call(_units, dtype), new Ones().Call(_units, dtype), _others.Call(2 * _units, dtype)];
            return cat(parts, 0).MoveToOuterDisposeScope();
        }
    }
}
