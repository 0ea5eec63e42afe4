using TorchSharp;

namespace Distillation.Keras.Facade;

/// <summary>Keras' <c>keras.layers</c>: methods of the names that Keras has, which only make the objects of this library.</summary>
/// <remarks>
/// Immutable and thread-safe. Parameters, defaults and errors are those of the classes. This file is written from them by a test
/// (<c>FacadeSourceTests</c>); edit the classes, not this file.
/// </remarks>
public sealed class LayersModule
{
    internal LayersModule()
    {
    }

    /// <inheritdoc cref="Layers.Activation.Activation(ActivationFunction, string, bool, DTypePolicy)"/>
    public Layers.Activation Activation(
        ActivationFunction activation,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(activation, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Add.Add(string, bool, DTypePolicy)"/>
    public Layers.Add Add(string? name = null, bool trainable = true, DTypePolicy? dtype = null) =>
        new(name, trainable, dtype);

    /// <inheritdoc cref="Layers.Average.Average(string, bool, DTypePolicy)"/>
    public Layers.Average Average(string? name = null, bool trainable = true, DTypePolicy? dtype = null) =>
        new(name, trainable, dtype);

    /// <inheritdoc cref="Layers.AveragePooling2D.AveragePooling2D(Size, Size, string, string, string, bool, DTypePolicy)"/>
    public Layers.AveragePooling2D AveragePooling2D(
        Size pool_size,
        Size? strides = null,
        string padding = "valid",
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(pool_size, strides, padding, data_format, name, trainable, dtype);

    /// <inheritdoc cref="Layers.BatchNormalization.BatchNormalization(int, double, double, bool, bool, Initializers.Initializer, Initializers.Initializer, Initializers.Initializer, Initializers.Initializer, Regularizers.Regularizer, Regularizers.Regularizer, Constraints.Constraint, Constraints.Constraint, string, bool, DTypePolicy)"/>
    public Layers.BatchNormalization BatchNormalization(
        int axis = -1,
        double momentum = 0.99,
        double epsilon = 0.001,
        bool center = true,
        bool scale = true,
        Initializers.Initializer? beta_initializer = null,
        Initializers.Initializer? gamma_initializer = null,
        Initializers.Initializer? moving_mean_initializer = null,
        Initializers.Initializer? moving_variance_initializer = null,
        Regularizers.Regularizer? beta_regularizer = null,
        Regularizers.Regularizer? gamma_regularizer = null,
        Constraints.Constraint? beta_constraint = null,
        Constraints.Constraint? gamma_constraint = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Concatenate.Concatenate(int, string, bool, DTypePolicy)"/>
    public Layers.Concatenate Concatenate(int axis = -1, string? name = null, bool trainable = true, DTypePolicy? dtype = null) =>
        new(axis, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Conv2D.Conv2D(int, Size, Size, string, string, Size, int, ActivationFunction, bool, Initializers.Initializer, Initializers.Initializer, Regularizers.Regularizer, Regularizers.Regularizer, Constraints.Constraint, Constraints.Constraint, string, bool, DTypePolicy)"/>
    public Layers.Conv2D Conv2D(
        int filters,
        Size kernel_size,
        Size? strides = null,
        string padding = "valid",
        string? data_format = null,
        Size? dilation_rate = null,
        int groups = 1,
        ActivationFunction? activation = null,
        bool use_bias = true,
        Initializers.Initializer? kernel_initializer = null,
        Initializers.Initializer? bias_initializer = null,
        Regularizers.Regularizer? kernel_regularizer = null,
        Regularizers.Regularizer? bias_regularizer = null,
        Constraints.Constraint? kernel_constraint = null,
        Constraints.Constraint? bias_constraint = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(filters, kernel_size, strides, padding, data_format, dilation_rate, groups, activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Dense.Dense(int, ActivationFunction, bool, Initializers.Initializer, Initializers.Initializer, Regularizers.Regularizer, Regularizers.Regularizer, Constraints.Constraint, Constraints.Constraint, string, bool, DTypePolicy)"/>
    public Layers.Dense Dense(
        int units,
        ActivationFunction? activation = null,
        bool use_bias = true,
        Initializers.Initializer? kernel_initializer = null,
        Initializers.Initializer? bias_initializer = null,
        Regularizers.Regularizer? kernel_regularizer = null,
        Regularizers.Regularizer? bias_regularizer = null,
        Constraints.Constraint? kernel_constraint = null,
        Constraints.Constraint? bias_constraint = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(units, activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Dropout.Dropout(double, Shape, int?, string, bool, DTypePolicy)"/>
    public Layers.Dropout Dropout(
        double rate,
        Shape? noise_shape = null,
        int? seed = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(rate, noise_shape, seed, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Flatten.Flatten(string, string, bool, DTypePolicy)"/>
    public Layers.Flatten Flatten(
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(data_format, name, trainable, dtype);

    /// <inheritdoc cref="Layers.GlobalAveragePooling2D.GlobalAveragePooling2D(string, bool, string, bool, DTypePolicy)"/>
    public Layers.GlobalAveragePooling2D GlobalAveragePooling2D(
        string? data_format = null,
        bool keepdims = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(data_format, keepdims, name, trainable, dtype);

    /// <inheritdoc cref="Layers.GlobalMaxPooling2D.GlobalMaxPooling2D(string, bool, string, bool, DTypePolicy)"/>
    public Layers.GlobalMaxPooling2D GlobalMaxPooling2D(
        string? data_format = null,
        bool keepdims = false,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(data_format, keepdims, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Input.Input(Shape, int?, string, string)"/>
    public Layers.Input Input(Shape shape, int? batch_size = null, string? dtype = null, string? name = null) =>
        new(shape, batch_size, dtype, name);

    /// <inheritdoc cref="Layers.Input.Input(int[])"/>
    public Layers.Input Input(params int[] shape) =>
        new(shape);

    /// <inheritdoc cref="Layers.Lambda.Lambda(Func{torch.Tensor, torch.Tensor}, Shape, string, bool, DTypePolicy)"/>
    public Layers.Lambda Lambda(
        Func<torch.Tensor, torch.Tensor> function,
        Shape? output_shape = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(function, output_shape, name, trainable, dtype);

    /// <inheritdoc cref="Layers.MaxPooling2D.MaxPooling2D(Size, Size, string, string, string, bool, DTypePolicy)"/>
    public Layers.MaxPooling2D MaxPooling2D(
        Size? pool_size = null,
        Size? strides = null,
        string padding = "valid",
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(pool_size, strides, padding, data_format, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Maximum.Maximum(string, bool, DTypePolicy)"/>
    public Layers.Maximum Maximum(string? name = null, bool trainable = true, DTypePolicy? dtype = null) =>
        new(name, trainable, dtype);

    /// <inheritdoc cref="Layers.Minimum.Minimum(string, bool, DTypePolicy)"/>
    public Layers.Minimum Minimum(string? name = null, bool trainable = true, DTypePolicy? dtype = null) =>
        new(name, trainable, dtype);

    /// <inheritdoc cref="Layers.Multiply.Multiply(string, bool, DTypePolicy)"/>
    public Layers.Multiply Multiply(string? name = null, bool trainable = true, DTypePolicy? dtype = null) =>
        new(name, trainable, dtype);

    /// <inheritdoc cref="Layers.ReLU.ReLU(double?, double, double, string, bool, DTypePolicy)"/>
    public Layers.ReLU ReLU(
        double? max_value = null,
        double negative_slope = 0.0,
        double threshold = 0.0,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(max_value, negative_slope, threshold, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Rescaling.Rescaling(Layers.Scaling, Layers.Scaling, string, bool, DTypePolicy)"/>
    public Layers.Rescaling Rescaling(
        Layers.Scaling scale,
        Layers.Scaling? offset = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(scale, offset, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Reshape.Reshape(Layers.TargetShape, string, bool, DTypePolicy)"/>
    public Layers.Reshape Reshape(
        Layers.TargetShape target_shape,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(target_shape, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Softmax.Softmax(Axes, string, bool, DTypePolicy)"/>
    public Layers.Softmax Softmax(Axes? axis = null, string? name = null, bool trainable = true, DTypePolicy? dtype = null) =>
        new(axis, name, trainable, dtype);

    /// <inheritdoc cref="Layers.Subtract.Subtract(string, bool, DTypePolicy)"/>
    public Layers.Subtract Subtract(string? name = null, bool trainable = true, DTypePolicy? dtype = null) =>
        new(name, trainable, dtype);

    /// <inheritdoc cref="Layers.ZeroPadding2D.ZeroPadding2D(Layers.Padding2D, string, string, bool, DTypePolicy)"/>
    public Layers.ZeroPadding2D ZeroPadding2D(
        Layers.Padding2D? padding = null,
        string? data_format = null,
        string? name = null,
        bool trainable = true,
        DTypePolicy? dtype = null) =>
        new(padding, data_format, name, trainable, dtype);
}
