"""Functions of `keras.ops` without a rule: only their recorded or supplied output is known.

Those that take functions, as `map` and `while_loop`, are left out: no file holds one.
"""

WITHOUT_RULES = (
    "adaptive_average_pool", "adaptive_max_pool", "all", "allclose", "amax", "amin", "angle", "any", "append",
    "arange", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctan2", "arctanh", "argpartition", "argsort",
    "array", "array_split", "batch_normalization", "binary_crossentropy", "bincount", "bitwise_and", "bitwise_invert",
    "bitwise_left_shift", "bitwise_not", "bitwise_or", "bitwise_right_shift", "bitwise_xor",
    "categorical_crossentropy", "cbrt", "cdist", "cholesky", "cholesky_inverse", "conj", "conjugate",
    "conv_transpose", "convert_to_tensor", "copy", "corrcoef", "correlate", "cosh", "count_nonzero", "cross",
    "ctc_decode", "ctc_loss", "cumprod", "deg2rad", "depth_to_space", "det", "diag", "diagflat", "diagonal", "diff",
    "digitize", "divide_no_nan", "dot_product_attention", "dsplit", "dstack", "eig", "eigh", "empty_like", "erfc",
    "erfinv", "exp2", "extract_sequences", "fabs", "fft", "fft2", "fliplr", "flipud", "fmax", "fmin", "fmod", "fold",
    "full", "full_like", "gcd", "geomspace", "glu", "greater_equal", "hard_shrink", "heaviside", "histogram",
    "hsplit", "hstack", "hypot", "i0", "ifft2", "imag", "image.affine_transform", "image.crop_images",
    "image.elastic_transform", "image.extract_patches", "image.gaussian_blur", "image.hsv_to_rgb",
    "image.map_coordinates", "image.pad_images", "image.perspective_transform", "image.resize",
    "image.rgb_to_grayscale", "image.rgb_to_hsv", "image.scale_and_translate", "image.sobel_edges", "image.ssim",
    "in_top_k", "inner", "inv", "irfft", "isclose", "isfinite", "isin", "isinf", "isnan", "isneginf", "isposinf",
    "isreal", "istft", "kron", "layer_normalization", "lcm", "ldexp", "left_shift", "less_equal", "linspace", "log10",
    "log2", "logaddexp", "logaddexp2", "logdet", "logical_or", "logical_xor", "logspace", "lstsq", "lu_factor",
    "matrix_rank", "meshgrid", "moments", "multi_hot", "nanargmax", "nanargmin", "nancumprod", "nancumsum", "nanmax",
    "nanmean", "nanmedian", "nanmin", "nanpercentile", "nanprod", "nanquantile", "nanstd", "nansum", "nanvar", "ndim",
    "nextafter", "nonzero", "not_equal", "outer", "percentile", "pinv", "polar", "psnr", "ptp", "qr", "quantile",
    "rad2deg", "ravel", "real", "rearrange", "rfft", "right_shift", "rms_normalization", "rot90", "saturate_cast",
    "scatter", "scatter_update", "searchsorted", "segment_max", "segment_min", "segment_prod", "segment_sum",
    "select", "separable_conv", "signbit", "sinc", "sinh", "size", "slice", "slice_update", "slogdet", "soft_shrink",
    "solve", "solve_triangular", "sort", "space_to_depth", "sparse_categorical_crossentropy", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "stft", "svd", "take_along_axis", "tan", "tanh_shrink", "threshold",
    "trace", "trapezoid", "tril", "triu", "trunc", "unfold", "unique", "unravel_index", "vander", "vdot", "view",
    "view_as_complex", "view_as_real", "vsplit", "vstack",
)  # fmt: skip
