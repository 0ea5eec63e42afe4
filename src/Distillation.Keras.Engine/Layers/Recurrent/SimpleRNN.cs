using Distillation.Keras.Constraints;
using Distillation.Keras.Initializers;
using Distillation.Keras.Regularizers;

namespace Distillation.Keras.Layers;

/// <summary>A recurrent layer whose output is its state: activation(x · kernel + state · recurrent_kernel + bias) at each step.</summary>
/// <remarks>
/// Input (batch, steps, d), output (batch, units), or (batch, steps, units) with <c>return_sequences</c>; with <c>return_state</c>
/// the state (batch, units) behind it. A mask says which steps count. The weights are those of <see cref="SimpleRNNCell"/>, which it calls
/// at each step.
/// <c>initial_state</c>, by name or as further inputs, is what the first step begins with; by default zeros. Source:
/// <c>keras/src/layers/rnn/simple_rnn.py</c>.
/// </remarks>
public sealed class SimpleRNN : BaseRNN<SimpleRNNCell>
{
    /// <inheritdoc cref="SimpleRNN" path="/summary"/>
    /// <param name="units">The size of the output and of the state; positive.</param>
    /// <param name="activation">Applied to the result; <c>"tanh"</c> by default.</param>
    /// <param name="use_bias">Whether a bias is added.</param>
    /// <param name="kernel_initializer">Makes the kernel; <c>"glorot_uniform"</c> by default.</param>
    /// <param name="recurrent_initializer">Makes the recurrent kernel; <c>"orthogonal"</c> by default.</param>
    /// <param name="bias_initializer">Makes the bias; <c>"zeros"</c> by default.</param>
    /// <param name="kernel_regularizer">A penalty on the kernel.</param>
    /// <param name="recurrent_regularizer">A penalty on the recurrent kernel.</param>
    /// <param name="bias_regularizer">A penalty on the bias.</param>
    /// <param name="activity_regularizer">A penalty on the output: <see cref="Layer.ActivityRegularizer"/>.</param>
    /// <param name="kernel_constraint">Applied to the kernel after each step of training.</param>
    /// <param name="recurrent_constraint">Applied to the recurrent kernel after each step of training.</param>
    /// <param name="bias_constraint">Applied to the bias after each step of training.</param>
    /// <param name="dropout">The share of the inputs' features that become 0 in training, from 0 to 1; the same at each step.</param>
    /// <param name="recurrent_dropout">The share of the states' values that do, from 0 to 1.</param>
    /// <param name="return_sequences">Whether the outputs of all steps are given, or that of the last one.</param>
    /// <param name="return_state">Whether the states after the last step are given behind the output.</param>
    /// <param name="go_backwards">
    /// Whether the steps are computed from the last to the first one; the outputs are in that order, too.
    /// </param>
    /// <param name="stateful">
    /// Whether a batch begins with the states that the batch before has ended with, row by row; see <see cref="RNN.ResetState()"/>.
    /// </param>
    /// <param name="unroll">Whether the number of steps must be known. It is computed in the same way.</param>
    /// <param name="seed">Makes the dropout draw from random numbers of its own; by default they come from the fit.</param>
    /// <param name="zero_output_for_mask">
    /// Whether the output of a step that a mask leaves out is zero, and not that of the step before.
    /// </param>
    /// <param name="name">The layer's name; <see langword="null"/> (the default): the class name in snake_case, numbered.</param>
    /// <param name="trainable">Whether training changes the weights.</param>
    /// <param name="dtype">The type of weights and computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public SimpleRNN(
        int units,
        ActivationFunction? activation = null,
        bool use_bias = true,
        Initializer? kernel_initializer = null,
        Initializer? recurrent_initializer = null,
        Initializer? bias_initializer = null,
        Regularizer? kernel_regularizer = null,
        Regularizer? recurrent_regularizer = null,
        Regularizer? bias_regularizer = null,
        Regularizer? activity_regularizer = null,
        Constraint? kernel_constraint = null,
        Constraint? recurrent_constraint = null,
        Constraint? bias_constraint = null,
        double dropout = 0.0,
        double recurrent_dropout = 0.0,
        bool return_sequences = false,
        bool return_state = false,
        bool go_backwards = false,
        bool stateful = false,
        bool unroll = false,
        int? seed = null,
        bool zero_output_for_mask = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null
    )
        : base(
            new SimpleRNNCell(
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
                "simple_rnn_cell",
                trainable,
                dtype
            ),
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            unroll,
            zero_output_for_mask,
            activity_regularizer,
            name,
            trainable,
            dtype
        ) { }

    // Keras does not write it.
    private protected override string[] KeysLeftOut => ["seed"];
}
