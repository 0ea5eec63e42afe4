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

    /// <summary>What it has no loss or metric of, by class and as text.</summary>
    public static readonly IReadOnlySet<string> MissingObjectives = Words(
        """
        CTC Circle CategoricalGeneralizedCrossEntropy Dice Tversky ctc circle categorical_generalized_cross_entropy dice tversky
        ConcordanceCorrelation PearsonCorrelation concordance_correlation pearson_correlation
        """
    );

    private static HashSet<string> Words(string text) =>
        new(text.Split((char[])[' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}
