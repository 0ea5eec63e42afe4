namespace Distillation.Keras.Files.TfKeras;

/// <summary>What tf.keras 2.15 has. All else a file in its form cannot name.</summary>
internal static class TfKerasNames
{
    /// <summary>Its layers, by class.</summary>
    public static readonly IReadOnlySet<string> Layers = Words(
        """
        Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention Average AveragePooling1D AveragePooling2D
        AveragePooling3D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D
        Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D Dense
        DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Flatten GRU GRUCell GaussianDropout
        GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
        GlobalMaxPooling3D GroupNormalization HashedCrossing Hashing Identity InputLayer IntegerLookup LSTM LSTMCell
        LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum MultiHeadAttention Multiply
        Normalization PReLU Permute RNN RandomBrightness RandomContrast RandomCrop RandomFlip RandomRotation RandomTranslation
        RandomZoom ReLU RepeatVector Rescaling Reshape Resizing SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax
        SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract
        TextVectorization TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D
        ZeroPadding3D
        """
    );

    /// <summary>Its activations, without <c>hard_sigmoid</c>, which is another function there.</summary>
    public static readonly IReadOnlySet<string> Activations = Words(
        "elu exponential gelu linear mish relu selu sigmoid softmax softplus softsign swish tanh"
    );

    /// <summary>Its optimizers.</summary>
    public static readonly IReadOnlySet<string> Optimizers = Words(
        "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lion LossScaleOptimizer Nadam RMSprop SGD"
    );

    /// <summary>The classes of losses and metrics that it does not have.</summary>
    public static readonly IReadOnlySet<string> MissingObjectives = Words(
        "CTC Circle CategoricalGeneralizedCrossEntropy Dice Tversky ConcordanceCorrelation PearsonCorrelation"
    );

    /// <summary>Its losses that are functions.</summary>
    public static readonly IReadOnlySet<string> LossFunctions = Words(
        """
        mean_squared_error mse MSE mean_absolute_error mae MAE mean_absolute_percentage_error mape MAPE
        mean_squared_logarithmic_error msle MSLE squared_hinge hinge categorical_hinge huber huber_loss log_cosh logcosh
        categorical_crossentropy categorical_focal_crossentropy sparse_categorical_crossentropy binary_crossentropy bce BCE
        binary_focal_crossentropy kl_divergence kld KLD kullback_leibler_divergence poisson cosine_similarity
        """
    );

    /// <summary>Its metrics that are functions.</summary>
    public static readonly IReadOnlySet<string> MetricFunctions = Words(
        """
        binary_accuracy categorical_accuracy sparse_categorical_accuracy top_k_categorical_accuracy
        sparse_top_k_categorical_accuracy mean_squared_error mse MSE mean_absolute_error mae MAE mean_absolute_percentage_error
        mape MAPE mean_squared_logarithmic_error msle MSLE binary_crossentropy bce BCE categorical_crossentropy
        sparse_categorical_crossentropy poisson hinge squared_hinge categorical_hinge log_cosh logcosh cosine_similarity
        """
    );

    private static HashSet<string> Words(string text) =>
        new(text.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
