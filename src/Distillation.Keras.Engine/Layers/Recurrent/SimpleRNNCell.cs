using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;
using static TorchSharp.torch;

namespace Distillation.Keras.Layers;

/// <summary>A step of <see cref="SimpleRNN"/>: activation(x · kernel + state · recurrent_kernel + bias).</summary>
/// <remarks>
/// Input (batch, d) and state (batch, units), output and new state (batch, units). Weights: <c>kernel</c> (d, units),
/// <c>recurrent_kernel</c> (units, units), <c>bias</c> (units). Source: <c>keras/src/layers/rnn/simple_rnn.py</c>.
/// </remarks>
public sealed class SimpleRNNCell : DropoutRNNCell
{
    /// <inheritdoc cref="SimpleRNNCell" path="/summary"/>
    /// <param name="units">The size of the output and of the state; positive.</param>
    /// <param name="activation">Applied to the result; <c>"tanh"</c> by default.</param>
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
    /// <param name="seed">Makes the dropout draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public SimpleRNNCell(
        int units,
        ActivationFunction? activation = null,
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
            1
        ) { }

    private protected override bool DropsByGate => false;

    private protected override bool IsNative => ComputesWide && (Activation.Is("tanh") || Activation.Is("relu"));

    private protected override RecurrentOutputs Native(RecurrentInputs sequences) =>
        RecurrentKernels.Simple(
            Activation.Name,
            sequences,
            Kernel.Value,
            RecurrentKernel.Value,
            Bias?.Value ?? zeros(Units, Dtype.ComputeType, sequences.Sequences.device)
        );

    private protected override Func<Tensor, IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> Stepper(Tensor? recurrentMask)
    {
        Func<Tensor, Tensor> activation = Function(Activation);
        Tensor kernel = Autocast(RecurrentKernel);
        return (product, states) =>
        {
            Tensor before = recurrentMask is null ? states[0] : states[0].mul(recurrentMask);
            Tensor output = activation(addmm(product, before, kernel, 1, 1));
            return [output, output];
        };
    }
}
